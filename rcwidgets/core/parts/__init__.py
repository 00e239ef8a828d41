"""Work that is cut into parts, done by whoever is there (other threads, processes, machines), and kept on disk part by part."""
