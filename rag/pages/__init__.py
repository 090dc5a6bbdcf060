"""What a browser shows: results and letters drawn as HTML, with the texts of the page in Dutch and English."""
