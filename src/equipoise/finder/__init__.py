"""Many studies: what is asked, what is indexed, what is found."""
