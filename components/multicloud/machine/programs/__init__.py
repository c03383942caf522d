"""Programs that the machines run, as they are, with Debian's own Python and nothing else. The library reads them and never imports them."""
