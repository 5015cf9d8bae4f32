# Completion of statusd for fish. Written by `statusd completion fish`.
function __statusd_complete
    set -l words (commandline -opc)
    for line in (statusd complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c statusd -f -k -a '(__statusd_complete)'
