"""Single drugs: name | class | RxNorm and half-life in hours | other names and brands (see ``term.read_table``)."""

INGREDIENTS = """
aspirin | antiplatelet drug; nonsteroidal anti-inflammatory drug | r1191 r243670 | acetylsalicylic acid; low-dose aspirin; ?ASA; ~salicylate
clopidogrel | P2Y12 inhibitor | r32968 r309362 h6 | Plavix
prasugrel | P2Y12 inhibitor | r613391 h7 | Effient
ticagrelor | P2Y12 inhibitor | r1116632 h8 | Brilinta
dipyridamole | antiplatelet drug | r3521 h12 |
cilostazol | antiplatelet drug | r21107 h12 |
warfarin | vitamin K antagonist | r11289 r855332 h40 | Coumadin; warfarin sodium; coumadin/warfarin; low-dose warfarin
heparin | heparin group | r5224 h1.5 | unfractionated heparin; =UFH; heparin sodium
enoxaparin | low molecular weight heparin | r67108 h7 | Lovenox; Clexane; enoxaparin sodium
dalteparin | low molecular weight heparin | r67109 | Fragmin; ~tinzaparin; ~nadroparin
fondaparinux | anticoagulant | r321208 h18 | Arixtra
apixaban | factor Xa inhibitor | r1364430 h12 | Eliquis
rivaroxaban | factor Xa inhibitor | r1114195 h11 | Xarelto
edoxaban | factor Xa inhibitor | r1599538 h12 | Savaysa; Lixiana
dabigatran | direct oral anticoagulant; thrombin inhibitor | r1037042 h14 | dabigatran etexilate; Pradaxa
alteplase | thrombolytic | r8410 r1804799 | tissue plasminogen activator; =tPA; =rtPA; =rt-PA; recombinant tissue plasminogen activator; intravenous tPA; =t-PA
tranexamic acid |  | r10691 h3 | =TXA; ~antifibrinolytic; ~aminocaproic acid
paracetamol | analgesic | r161 r313782 r282464 r1043400 h2.5 | acetaminophen; Tylenol; Panadol; =APAP
ibuprofen | nonsteroidal anti-inflammatory drug | r5640 r310965 r198405 h2 | Advil; Motrin
naproxen | nonsteroidal anti-inflammatory drug | r7258 r849574 r198014 h15 | naproxen sodium; Aleve
diclofenac | nonsteroidal anti-inflammatory drug | r3355 h2 | Voltaren
celecoxib | nonsteroidal anti-inflammatory drug | r140587 h11 | Celebrex; ~etoricoxib
ketorolac | nonsteroidal anti-inflammatory drug | r35827 h5 | Toradol
indomethacin | nonsteroidal anti-inflammatory drug | r5781 h5 | indometacin
meloxicam | nonsteroidal anti-inflammatory drug | r41493 h20 |
morphine | opioid | r7052 h3 | morphine sulfate
oxycodone | opioid | r7804 r1049221 r1860154 h4 | OxyContin
hydrocodone | opioid | r5489 r1310197 r857005 r856980 h4 | Vicodin; hydrocodone bitartrate
codeine | opioid | r2670 h3 |
fentanyl | opioid | r4337 h7 | fentanyl patch; ~sufentanil; ~remifentanil; ~alfentanil
hydromorphone | opioid | r3423 h2.5 |
tramadol | opioid | r10689 h6 | ~tapentadol
methadone | opioid | r6813 h24 |
buprenorphine | opioid | r1819 h37 | buprenorphine/naloxone; Suboxone; Subutex
pethidine | opioid | r6754 r861467 h4 | meperidine; Demerol
naloxone |  | r7242 h1 | Narcan; ~opioid antagonist; ~nalmefene
naltrexone |  | r7243 h4 | Vivitrol; extended-release naltrexone
disulfiram |  | r3554 | Antabuse
acamprosate |  | r82819 |
ketamine | anaesthetic | r6130 h2.5 |
propofol | anaesthetic | r8782 h5 |
dexmedetomidine | sedative | r48937 h2 | Precedex
midazolam | benzodiazepine | r6960 h2.5 |
lidocaine | local anaesthetic | r6387 h1.8 | lignocaine; xylocaine
bupivacaine | local anaesthetic | r1815 h3 |
ropivacaine | local anaesthetic | r35780 h3 |
prednisone | corticosteroid | r8640 r312617 h3 | prednisone equivalent
prednisolone | corticosteroid | r8638 h3 | oral prednisolone
methylprednisolone | corticosteroid | r6902 h3 | Solu-Medrol
dexamethasone | corticosteroid | r3264 h4 |
hydrocortisone | corticosteroid | r5492 r106258 h2 | cortisol medicine
betamethasone | corticosteroid | r1514 h5 |
triamcinolone | corticosteroid | r10759 h3 | triamcinolone acetonide
budesonide | inhaled corticosteroid; corticosteroid | r19831 h3 |
fluticasone | inhaled corticosteroid | r41126 r895994 r896209 h8 | fluticasone propionate; fluticasone furoate
beclometasone | inhaled corticosteroid | r1347 | beclomethasone; ~ciclesonide
mometasone | nasal corticosteroid; inhaled corticosteroid | r108118 |
methotrexate | disease-modifying antirheumatic drug; antimetabolite | r6851 r105586 r236931 h10 | =MTX; Methotrexate 10 MG Oral Tablet
azathioprine | immunosuppressant | r1256 h5 | =AZA; Imuran
mycophenolate | immunosuppressant | r68149 h17 | mycophenolate mofetil; =MMF; mycophenolic acid; CellCept; =MPA; mycophenolate sodium
ciclosporin | calcineurin inhibitor | r3008 r835900 h18 | cyclosporine; cyclosporine A; =CsA; cyclosporin A; Neoral
tacrolimus | calcineurin inhibitor | r42316 h34 | =FK506; Prograf; =TAC; Protopic; ~pimecrolimus
sirolimus | mTOR inhibitor | r35302 h62 | rapamycin
everolimus | mTOR inhibitor; anticancer drug | r141704 h30 | Afinitor; =RAD001
leflunomide | disease-modifying antirheumatic drug | r27169 h336 | Arava
hydroxychloroquine | disease-modifying antirheumatic drug; antimalarial | r5521 h960 | Plaquenil; =HCQ
sulfasalazine | disease-modifying antirheumatic drug | r9524 h8 |
cyclophosphamide | alkylating agent; immunosuppressant | r3002 h7 | Cytoxan; =CYC
rituximab | anti-CD20 antibody | r121191 h528 | MabThera; Rituxan
ocrelizumab | anti-CD20 antibody | r1876366 h624 | Ocrevus; ~ofatumumab; ~obinutuzumab
adalimumab | TNF inhibitor | r327361 h336 | Humira
etanercept | TNF inhibitor | r214555 h102 | Enbrel
infliximab | TNF inhibitor | r191831 h216 | Remicade
golimumab | TNF inhibitor | r819300 h336 | Simponi
certolizumab | TNF inhibitor | r709271 h336 | certolizumab pegol; Cimzia
tocilizumab | interleukin inhibitor | r612865 h264 | Actemra; ~sarilumab
abatacept | biologic; disease-modifying antirheumatic drug | r614391 h314 | Orencia
anakinra | interleukin inhibitor | r72435 h5 | Kineret; ~canakinumab; ~rilonacept
ustekinumab | interleukin inhibitor | r847083 h504 | Stelara; ~guselkumab; ~risankizumab
secukinumab | interleukin inhibitor | r1599788 h648 | Cosentyx; ~ixekizumab; ~brodalumab
belimumab | biologic | r1092437 h466 | Benlysta
anifrolumab | biologic | h528 | Saphnelo; ~sifalimumab
omalizumab | biologic | r302379 h624 | Xolair; ~anti-IgE
dupilumab | interleukin inhibitor | r1876376 | Dupixent; ~tralokinumab; ~lebrikizumab
mepolizumab | interleukin inhibitor | r1720597 h480 | Nucala; ~benralizumab; ~reslizumab
vedolizumab | biologic | r1538097 h600 | Entyvio; ~anti-integrin; ~integrin antagonist
alemtuzumab | biologic | r117055 h288 | Campath; Lemtrada
eculizumab | biologic | r591781 h272 | Soliris; ~ravulizumab; ~complement inhibitor
basiliximab | immunosuppressant | r196102 | =ATG; ~antithymocyte globulin; ~anti-thymocyte globulin; ~thymoglobulin; ~belatacept
tofacitinib | JAK inhibitor | r1357536 h3 | Xeljanz
baricitinib | JAK inhibitor | r2047232 h12 | Olumiant
upadacitinib | JAK inhibitor | r2196092 h11 | Rinvoq; ~filgotinib
ruxolitinib | JAK inhibitor; anticancer drug | r1193326 h3 | Jakafi; Jakavi
colchicine |  | r2683 r858069 h27 | Colcrys
allopurinol | urate-lowering drug | r519 r197319 h20 |
febuxostat | urate-lowering drug | r73689 h7 |
urate-lowering drug |  |  | urate lowering therapy; =ULT; xanthine oxidase inhibitor; uricosuric; pegloticase; lesinurad; rasburicase; ~probenecid; ~benzbromarone
mesalazine |  | r52582 h7 | mesalamine; 5-aminosalicylic acid; =5-ASA; 5-aminosalicylate; ~aminosalicylate
acitretin |  | r16818 h49 | ~retinoid; ~isotretinoin; ~oral retinoid; ~topical retinoid; ~tretinoin; ~systemic retinoid; ~bexarotene
apremilast |  | r1492727 h8 | Otezla; ~roflumilast; ~PDE4 inhibitor; ~phosphodiesterase 4 inhibitor
phototherapy drug |  |  | psoralen; ~methoxsalen
cisplatin | platinum drug | r2555 r1736854 | =CDDP
carboplatin | platinum drug | r40048 |
oxaliplatin | platinum drug | r32592 r1736776 | ~FOLFOX
paclitaxel | taxane | r56946 r583214 | Taxol
docetaxel | taxane | r72962 r1860480 | Taxotere
gemcitabine | antimetabolite | r12574 | Gemzar
fluorouracil | antimetabolite | r4492 | 5-fluorouracil; 5-FU; =5FU; ~sorivudine
capecitabine | antimetabolite | r194000 | Xeloda
pemetrexed | antimetabolite | r68446 | Alimta
irinotecan | topoisomerase inhibitor | r51499 | CPT-11; ~FOLFIRI
etoposide | topoisomerase inhibitor | r4179 r1734340 | =VP-16
doxorubicin | anthracycline | r3639 | Adriamycin; doxorubicin hydrochloride
epirubicin | anthracycline | r3995 |
vincristine | vinca alkaloid | r11202 | vincristine sulfate
vinblastine | vinca alkaloid | r11198 |
vinorelbine | vinca alkaloid | r39541 |
bleomycin | anticancer drug | r1622 |
temozolomide | alkylating agent | r37776 | Temodar; Temodal
eribulin | anticancer drug | r1045453 | ~ixabepilone; ~epothilone
arsenic trioxide | anticancer drug | r18330 | =ATRA; ~all-trans retinoic acid
asparaginase | anticancer drug | r1156 | L-asparaginase; ~pegaspargase
hydroxycarbamide | anticancer drug | r5552 h3 | hydroxyurea; ~anagrelide
bortezomib | proteasome inhibitor | r358258 | Velcade
lenalidomide | anticancer drug; immunomodulator | r342369 h3 | Revlimid
thalidomide | anticancer drug; immunomodulator | r10432 h6 |
pomalidomide | anticancer drug; immunomodulator | r1369713 h8 |
daratumumab | anticancer drug; biologic | r1721947 | ~elotuzumab; ~isatuximab; ~anti-CD38
imatinib | tyrosine kinase inhibitor | r282388 h18 | Gleevec; imatinib mesylate; Glivec
dasatinib | tyrosine kinase inhibitor | r475342 h4 |
nilotinib | tyrosine kinase inhibitor | r662281 h17 |
erlotinib | tyrosine kinase inhibitor | r337525 h36 | Tarceva
gefitinib | tyrosine kinase inhibitor | r328134 h48 | Iressa
afatinib | tyrosine kinase inhibitor | r1430438 h37 |
osimertinib | tyrosine kinase inhibitor | r1721560 h48 | Tagrisso
crizotinib | tyrosine kinase inhibitor | r1148495 h42 |
lapatinib | tyrosine kinase inhibitor | r480167 h24 |
sorafenib | tyrosine kinase inhibitor | r495881 h36 | Nexavar
sunitinib | tyrosine kinase inhibitor | r357977 h50 | Sutent
pazopanib | tyrosine kinase inhibitor | r714438 h31 | Votrient
regorafenib | tyrosine kinase inhibitor | r1312397 h28 |
ibrutinib | tyrosine kinase inhibitor | r1442981 h5 | ~BTK inhibitor; ~acalabrutinib; ~zanubrutinib
idelalisib | anticancer drug | r1544460 h8 | ~PI3K inhibitor; ~phosphoinositide 3-kinase inhibitor; ~alpelisib; ~copanlisib; ~duvelisib
venetoclax | anticancer drug | r1747556 h26 | ~BCL-2 inhibitor
vorinostat | anticancer drug |  | ~HDAC inhibitor; ~histone deacetylase inhibitor; ~romidepsin; ~panobinostat; ~belinostat
trastuzumab | anticancer drug; biologic | r224905 h672 | Herceptin; ~HER2-targeted therapy; ~T-DM1; ~ado-trastuzumab emtansine; ~anti-HER2 therapy; ~trastuzumab emtansine; ~trastuzumab deruxtecan
pertuzumab | anticancer drug; biologic | r1298944 h432 | Perjeta
bevacizumab | anti-VEGF drug; biologic | r253337 h480 | Avastin
cetuximab | anticancer drug; biologic | r318341 h112 | Erbitux; ~anti-EGFR; ~anti-EGFR antibody; ~anti-EGFR therapy
panitumumab | anticancer drug; biologic | r263034 h180 | Vectibix
brentuximab | anticancer drug; biologic | r1147320 | brentuximab vedotin; ~gemtuzumab ozogamicin; ~antibody-drug conjugate; ~inotuzumab; ~polatuzumab; ~gemtuzumab; ~blinatumomab; ~ibritumomab tiuxetan
monoclonal antibody |  |  | antibody therapy; =mAb; therapeutic antibody; therapeutic monoclonal antibody; monoclonal antibody therapy; monoclonal antibody treatment; murine monoclonal antibody
pembrolizumab | checkpoint inhibitor | r1547545 h528 | Keytruda
nivolumab | checkpoint inhibitor | r1597876 h600 | Opdivo
atezolizumab | checkpoint inhibitor | r1792776 h648 | Tecentriq
durvalumab | checkpoint inhibitor | r1919503 h432 | Imfinzi
ipilimumab | checkpoint inhibitor | r1094833 h370 | Yervoy
palbociclib | CDK4/6 inhibitor | r1601374 h29 | Ibrance
olaparib | PARP inhibitor | r1597582 h15 | Lynparza
tamoxifen | selective oestrogen receptor modulator; anticancer drug | r10324 h168 |
raloxifene | selective oestrogen receptor modulator | r72143 h30 |
anastrozole | aromatase inhibitor | r84857 h50 |
letrozole | aromatase inhibitor | r72965 h48 | Femara
exemestane | aromatase inhibitor | r258494 h24 |
fulvestrant | hormone therapy; anticancer drug | r282357 h960 | Faslodex
leuprorelin | androgen deprivation therapy | r42375 r752899 h3 | leuprolide; Lupron; leuprolide acetate; Lupron Depot; leuprorelin acetate
goserelin | androgen deprivation therapy | r50610 h5 | Zoladex
bicalutamide | antiandrogen | r83008 h140 | Casodex
abiraterone | antiandrogen | r1100072 h12 | abiraterone acetate; Zytiga
enzalutamide | antiandrogen | r1307298 h140 | Xtandi
apalutamide | antiandrogen | r1999574 h72 |
ketoconazole | antifungal; CYP3A4 inhibitor | r6135 h8 | oral ketoconazole
itraconazole | antifungal; CYP3A4 inhibitor | r28031 h34 |
voriconazole | antifungal; CYP3A4 inhibitor | r121243 h6 |
posaconazole | antifungal; CYP3A4 inhibitor | r282446 h35 |
fluconazole | antifungal | r4450 h30 |
terbinafine | antifungal | r37801 h36 |
clarithromycin | macrolide; CYP3A4 inhibitor | r21212 h5 |
erythromycin | macrolide | r4053 h2 |
azithromycin | macrolide | r18631 h68 |
ritonavir | HIV protease inhibitor; CYP3A4 inhibitor | r85762 h4 |
lopinavir | HIV protease inhibitor | r195088 h6 |
atazanavir | HIV protease inhibitor | r343047 h7 |
darunavir | HIV protease inhibitor | r460132 h15 |
efavirenz | NNRTI | r195085 h50 |
nevirapine | NNRTI | r53654 h30 |
zidovudine | antiretroviral | r11413 h1 | =AZT; =ZDV
lamivudine | antiretroviral | r68244 h6 | =3TC; Epivir
tenofovir | antiretroviral | r117466 h17 | =TDF; tenofovir disoproxil; =TAF
emtricitabine | antiretroviral | r276237 h10 | =FTC
raltegravir | antiretroviral | r719872 h9 |
dolutegravir | antiretroviral | r1433868 h14 |
entecavir | antiviral | r306266 h130 |
adefovir | antiviral | r16521 h7 | adefovir dipivoxil
ribavirin | antiviral | r9344 h298 | =RBV
sofosbuvir | antiviral | r1484911 |
aciclovir | antiviral | r281 h3 | acyclovir; ~valacyclovir; ~valaciclovir
ganciclovir | antiviral | r4678 h4 |
oseltamivir | antiviral | r260101 h8 | Tamiflu
amoxicillin | penicillin | r723 r562251 r308182 r308192 h1 | amoxicillin-clavulanate; Augmentin; amoxicillin/clavulanic acid; ~clavulanate; ~clavulanic acid
cefuroxime | cephalosporin | r2194 r309097 h1.5 |
doxycycline | tetracyclines | r3640 r1652673 h18 |
minocycline | tetracyclines | r6980 h16 |
ciprofloxacin | fluoroquinolone | r2551 h4 |
levofloxacin | fluoroquinolone | r82122 h7 |
moxifloxacin | fluoroquinolone | r139462 h12 |
vancomycin | antibiotic | r11124 h6 |
metronidazole | antibiotic | r6922 h8 | Flagyl
linezolid | antibiotic | r190376 h5 | ~oxazolidinone; ~tedizolid
colistin | antibiotic | r2709 | colistimethate; ~polymyxin; ~polymyxin B
nitrofurantoin | antibiotic | r7454 r311989 r311995 |
rifampicin | antituberculosis drug; CYP3A4 inducer | r9384 h4 | rifampin; Rifadin
rifabutin | antituberculosis drug; CYP3A4 inducer | r55672 h45 |
isoniazid | antituberculosis drug | r6038 h3 | =INH
ethambutol | antituberculosis drug | r4110 |
pyrazinamide | antituberculosis drug | r8987 |
carbamazepine | anticonvulsant; CYP3A4 inducer | r2002 r308971 h20 | Tegretol
phenytoin | anticonvulsant; CYP3A4 inducer | r8183 h22 | Dilantin
phenobarbital | anticonvulsant; CYP3A4 inducer | r8134 h90 | phenobarbitone
valproic acid | anticonvulsant | r11118 h14 | divalproex; =VPA
lamotrigine | anticonvulsant | r28439 h29 | Lamictal
levetiracetam | anticonvulsant | r114477 h7 | Keppra
topiramate | anticonvulsant | r38404 h21 | Topamax
gabapentin | anticonvulsant | r25480 h6 | Neurontin; ~gabapentinoid
pregabalin | anticonvulsant | r187832 h6 | Lyrica
oxcarbazepine | anticonvulsant | r32624 h9 |
zonisamide | anticonvulsant | r39998 h63 |
lacosamide | anticonvulsant | r623400 h13 |
clonazepam | benzodiazepine; anticonvulsant | r2598 r1153378 h35 | Klonopin
diazepam | benzodiazepine | r3322 r563026 h48 | Valium
lorazepam | benzodiazepine | r6470 h14 | Ativan
alprazolam | benzodiazepine | r596 h12 | Xanax
zolpidem | sedative | r39993 h2.5 | Ambien
fluoxetine | selective serotonin reuptake inhibitor | r4493 r406022 h120 | Prozac
sertraline | selective serotonin reuptake inhibitor | r36437 r328670 h26 | Zoloft
paroxetine | selective serotonin reuptake inhibitor | r32937 h21 | Paxil
citalopram | selective serotonin reuptake inhibitor | r2556 h35 |
escitalopram | selective serotonin reuptake inhibitor | r321988 h30 | Lexapro
fluvoxamine | selective serotonin reuptake inhibitor | r42355 h16 |
venlafaxine | serotonin-noradrenaline reuptake inhibitor | r39786 h5 | Effexor
duloxetine | serotonin-noradrenaline reuptake inhibitor | r72625 h12 | Cymbalta
bupropion | antidepressant | r42347 h21 | Wellbutrin; Zyban
mirtazapine | antidepressant | r15996 h30 |
trazodone | antidepressant | r10737 h7 |
amitriptyline | tricyclic antidepressant | r704 h21 |
nortriptyline | tricyclic antidepressant | r7531 h30 |
imipramine | tricyclic antidepressant | r5691 h12 |
clomipramine | tricyclic antidepressant | r2597 h32 |
doxepin | tricyclic antidepressant | r3638 h15 |
phenelzine | monoamine oxidase inhibitor | r8123 |
tranylcypromine | monoamine oxidase inhibitor | r10734 |
moclobemide | monoamine oxidase inhibitor | r30121 |
selegiline | monoamine oxidase inhibitor; dopaminergic drug | r9639 h10 |
rasagiline | monoamine oxidase inhibitor; dopaminergic drug | r134748 h3 |
lithium | psychotropic drug | r6448 h24 | lithium carbonate
haloperidol | antipsychotic | r5093 h20 | Haldol
risperidone | antipsychotic | r35636 h20 | Risperdal
olanzapine | antipsychotic | r61381 h33 | Zyprexa
quetiapine | antipsychotic | r51272 h7 | Seroquel
aripiprazole | antipsychotic | r89013 h75 | Abilify
clozapine | antipsychotic | r2626 h12 | Clozaril
ziprasidone | antipsychotic | r115698 h7 |
paliperidone | antipsychotic | r679314 h23 | paliperidone palmitate
chlorpromazine | antipsychotic | r2403 h30 |
lurasidone | antipsychotic | r1040028 h18 |
methylphenidate | stimulant | r6901 r1091392 h3 | Ritalin; Concerta
amphetamine | stimulant | r725 h11 | Adderall
atomoxetine |  | r38400 r608139 h5 | Strattera
modafinil | stimulant | r30125 h15 |
donepezil | anti-dementia drug | r135447 r1599803 r998582 h70 | Aricept
galantamine | anti-dementia drug | r4637 r310436 h7 |
rivastigmine | anti-dementia drug | r183379 h1.5 |
memantine | anti-dementia drug | r6719 r996740 h70 |
levodopa | dopaminergic drug | r6375 h1.5 | carbidopa/levodopa; levodopa/carbidopa; ~carbidopa
pramipexole | dopaminergic drug | r746741 h10 |
ropinirole | dopaminergic drug | r72302 h6 |
simvastatin | statin | r36567 r316672 r312961 h3 | Zocor; Simvistatin 10 MG
atorvastatin | statin | r83367 r259255 h14 | Lipitor
rosuvastatin | statin | r301542 h19 | Crestor
pravastatin | statin | r42463 h2 |
lovastatin | statin | r6472 h3 |
fluvastatin | statin | r41127 h3 |
pitavastatin | statin | r861634 h12 |
ezetimibe | lipid-lowering drug | r341248 h22 | Zetia
niacin | lipid-lowering drug | r7393 | nicotinic acid; extended-release niacin
colestyramine | lipid-lowering drug | r2447 | cholestyramine; ~colestipol
fenofibrate | fibrate | r8703 h20 |
gemfibrozil | fibrate | r4719 h1.5 |
lisinopril | ACE inhibitor | r29046 h12 |
enalapril | ACE inhibitor | r3827 h11 |
ramipril | ACE inhibitor | r35296 h15 |
captopril | ACE inhibitor | r1998 r833036 h2 |
losartan | angiotensin receptor blocker | r52175 h2 |
valsartan | angiotensin receptor blocker | r69749 h6 |
irbesartan | angiotensin receptor blocker | r83818 h13 |
candesartan | angiotensin receptor blocker | r214354 h9 |
olmesartan | angiotensin receptor blocker | r321064 h13 |
telmisartan | angiotensin receptor blocker | r73494 h24 |
sacubitril valsartan | angiotensin receptor blocker | r1656328 h11 | =ARNI; Entresto; LCZ696; sacubitril; ~neprilysin inhibitor
amlodipine | calcium channel blocker | r17767 r197361 h40 |
nifedipine | calcium channel blocker | r7417 h4 |
felodipine | calcium channel blocker | r4316 h14 |
diltiazem | calcium channel blocker | r3443 h4 |
verapamil | calcium channel blocker | r11170 r897718 h7 |
metoprolol | beta blocker | r6918 r866414 h5 | metoprolol succinate; Toprol
atenolol | beta blocker | r1202 h7 |
carvedilol | beta blocker | r20352 h8 |
bisoprolol | beta blocker | r19484 h11 |
propranolol | beta blocker | r8787 h5 |
nebivolol | beta blocker | r31555 h12 |
hydrochlorothiazide | diuretic | r5487 r316049 r316052 h10 | =HCTZ
chlortalidone | diuretic | r2409 h50 | chlorthalidone
furosemide | diuretic | r4603 r315971 r1719286 h2 | Lasix; frusemide
bumetanide | diuretic | r1808 h1.5 |
torasemide | diuretic | r38413 h3.5 | torsemide
spironolactone | mineralocorticoid receptor antagonist | r9997 h17 |
eplerenone | mineralocorticoid receptor antagonist | r298869 h5 |
clonidine | antihypertensive | r2599 h14 |
doxazosin | alpha blocker | r49276 h22 |
tamsulosin | alpha blocker | r77492 h14 |
terazosin | alpha blocker | r37798 h12 |
alfuzosin | alpha blocker | r17300 h10 |
prazosin | alpha blocker | r8629 h3 |
digoxin |  | r3407 r197604 h40 | digitalis; ~cardiac glycoside; ~digitoxin
amiodarone | antiarrhythmic | r703 r834357 h1300 | Cordarone
sotalol | antiarrhythmic; beta blocker | r9947 h12 |
dronedarone | antiarrhythmic | r233698 h25 |
flecainide | antiarrhythmic | r4441 h20 |
propafenone | antiarrhythmic | r8754 h6 |
ivabradine |  | r1649480 h2 |
ranolazine |  | r35829 h7 |
glyceryl trinitrate | nitrate | r4917 r705129 | nitroglycerin; nitroglycerine; =GTN
isosorbide mononitrate | nitrate | r27518 r6058 h5 | isosorbide dinitrate; ~isosorbide
sildenafil | PDE5 inhibitor | r136411 h4 | Viagra; Revatio
tadalafil | PDE5 inhibitor | r358263 h17 | Cialis
vardenafil | PDE5 inhibitor | r306674 h5 | Levitra
bosentan | pulmonary hypertension drug | r75207 h5 |
ambrisentan | pulmonary hypertension drug | r358274 h15 |
macitentan | pulmonary hypertension drug | r1442132 h16 |
treprostinil | pulmonary hypertension drug | r343048 h4 |
metformin | antidiabetic drug | r6809 r860975 h6 | Glucophage; metformin hydrochloride; immediate release metformin; ~biguanide
sitagliptin | DPP-4 inhibitor | r593411 h12 | Januvia
saxagliptin | DPP-4 inhibitor | r857974 h2.5 |
linagliptin | DPP-4 inhibitor | r1100699 |
alogliptin | DPP-4 inhibitor | r1368001 h21 |
exenatide | GLP-1 receptor agonist | r60548 h2.4 | Byetta; Bydureon
liraglutide | GLP-1 receptor agonist | r475968 h13 | Victoza
dulaglutide | GLP-1 receptor agonist | r1551291 h120 | Trulicity
semaglutide | GLP-1 receptor agonist | r1991302 h168 | Ozempic; Wegovy
tirzepatide | GLP-1 receptor agonist | r2601723 h120 | Mounjaro
canagliflozin | SGLT2 inhibitor | r1373458 h12 |
dapagliflozin | SGLT2 inhibitor | r1488564 h13 |
empagliflozin | SGLT2 inhibitor | r1545653 h12 |
ertugliflozin | SGLT2 inhibitor | r1992672 h17 |
glipizide | sulfonylurea | r4821 h4 |
glibenclamide | sulfonylurea | r4815 h10 | glyburide
glimepiride | sulfonylurea | r25789 h7 |
pioglitazone | thiazolidinedione | r33738 h5 | Actos
rosiglitazone | thiazolidinedione | r84108 h4 | Avandia
acarbose | antidiabetic drug | r16681 |
repaglinide | antidiabetic drug | r73044 h1 |
nateglinide | antidiabetic drug | r274332 h1.5 |
levothyroxine | thyroid hormone | r10582 r966222 h168 | thyroxine; L-thyroxine; thyroxin; Synthroid
thiamazole | thyroid hormone | r6835 h6 | methimazole
testosterone treatment | androgen | r10379 | testosterone supplement; exogenous testosterone; testosterone undecanoate; testosterone enanthate; testosterone gel
oestradiol treatment | oestrogen | r4083 | transdermal estradiol; estradiol valerate
progesterone treatment | progestogen | r8727 | vaginal progesterone; micronized progesterone; progesterone supplementation
medroxyprogesterone | progestogen; hormonal contraceptive | r6691 | medroxyprogesterone acetate; =DMPA; depot medroxyprogesterone acetate
mifepristone |  | r6916 | ~misoprostol; ~prostaglandin; ~dinoprostone; ~ulipristal acetate; ~ulipristal; ~prostaglandin analogue
oxytocin |  | r7824 | Syntocinon; ~carbetocin; ~tocolytic; ~magnesium sulfate; ~tocolysis
finasteride | 5-alpha reductase inhibitor | r25025 h6 |
dutasteride | 5-alpha reductase inhibitor | r228790 h840 |
oxybutynin | anticholinergic | r32675 h2.5 |
tolterodine | anticholinergic | r119565 h3 |
solifenacin | anticholinergic | r322167 h50 |
tiotropium | anticholinergic; bronchodilator | r69120 | Spiriva
ipratropium | anticholinergic; bronchodilator | r7213 |
atropine | anticholinergic | r1223 r1190795 |
mirabegron |  | r1300786 h50 | Myrbetriq; ~beta-3 agonist; ~vibegron; ~beta-3 adrenergic agonist
salbutamol | beta-2 agonist | r435 r745679 h5 | albuterol; Ventolin; albuterol/salbutamol
salmeterol | beta-2 agonist | r36117 h5 |
formoterol | beta-2 agonist | r25255 h10 |
theophylline | bronchodilator | r10438 h8 |
montelukast | leukotriene receptor antagonist | r88249 h5 | Singulair
cetirizine | antihistamine | r20610 r1014676 h8 |
loratadine | antihistamine | r28889 r665078 r311372 h8 |
fexofenadine | antihistamine | r87636 r997488 r997501 h14 |
diphenhydramine | antihistamine | r3498 r1049630 h8 | Benadryl
adrenaline |  | r3992 r1870230 r1660014 | epinephrine; EpiPen
omeprazole | proton pump inhibitor | r7646 h1 | Prilosec
esomeprazole | proton pump inhibitor | r283742 h1.5 | Nexium
lansoprazole | proton pump inhibitor | r17128 h1.5 |
pantoprazole | proton pump inhibitor | r40790 h1 |
rabeprazole | proton pump inhibitor | r114979 h1 |
ranitidine | H2 blocker | r9143 h3 |
famotidine | H2 blocker | r4278 h3 |
metoclopramide | prokinetic; antiemetic | r6915 h6 | Reglan
domperidone | prokinetic; antiemetic | r3626 h7 |
ondansetron | antiemetic | r26225 h4 | Zofran
loperamide | antidiarrhoeal | r6468 h11 |
lactulose | laxative | r6218 |
rifaximin | antibiotic | r35619 |
ursodeoxycholic acid |  | r62427 | ursodiol; =UDCA; ~obeticholic acid
alendronic acid | bisphosphonate | r46041 r904419 | alendronate; Fosamax; alendronate sodium
risedronate | bisphosphonate | r73056 | risedronic acid
ibandronate | bisphosphonate | r115264 |
zoledronic acid | bisphosphonate | r77655 | Zometa; Reclast
denosumab | bone drug | r993449 h624 | Prolia; Xgeva; ~RANKL inhibitor
teriparatide | bone drug | r33651 h1 | Forteo; PTH(1-34)
epoetin alfa | growth factor | r105694 h8 | Procrit
filgrastim | growth factor | r68442 h3.5 | Neupogen
folic acid | vitamin supplement | r4511 |
leucovorin |  | r1803932 r6313 | calcium folinate; levoleucovorin
orlistat | weight-loss drug | r37925 | Xenical
phentermine | weight-loss drug | r8152 h20 |
varenicline | smoking cessation drug | r591622 h24 | Chantix; Champix
phenazopyridine |  | r1094107 |
dextromethorphan |  |  | =NAC; ~antitussive; ~cough medicine; ~guaifenesin; ~mucolytic; ~N-acetylcysteine; ~acetylcysteine; ~expectorant
tocopherol | vitamin supplement |  |
tryptophan |  |  | L-tryptophan; ~5-HTP; ~serotonergic drug; ~serotonergic medication; ~serotonergic
nusinersen |  |  | Spinraza; ~onasemnogene abeparvovec; ~risdiplam
riluzole |  | r35623 h12 | ~edaravone
tetrabenazine |  | r10390 | ~deutetrabenazine; ~valbenazine
ivacaftor |  | r1243041 h12 | ~CFTR modulator; ~lumacaftor; ~elexacaftor; ~tezacaftor; ~dornase alfa
pirfenidone |  | r1592254 h3 |
"""
