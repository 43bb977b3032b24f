"""Who is assigned to what: methods, the sealed seed they draw from, kit numbers, and how anyone checks them later."""
