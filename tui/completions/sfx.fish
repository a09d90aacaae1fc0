# The same as sendfile-explorer.
complete -c sfx -w sendfile-explorer
