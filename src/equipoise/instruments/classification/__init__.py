"""2017 EULAR/ACR classification of idiopathic inflammatory myopathies, in adults and children."""
