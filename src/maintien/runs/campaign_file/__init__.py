"""Campaign files: their form, what is wrong with one, and the campaign that it describes on a site."""
