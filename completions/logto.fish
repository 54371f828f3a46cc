# fish completion for logto: gets candidates from the program (cmd/complete.h) and never evaluates them.

function __logto_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines (command logto completion @complete -- $words[2..] "$word" 2>/dev/null)
    set -q lines[1]; or return
    set -l directive (string split ' ' -- $lines[-1])

    set -e lines[-1]
    set -q lines[1]; and printf '%s\n' $lines
    switch $directive[1]
        case :files
            set -l prefix (string sub -l $directive[2] -- "$word")
            set -l names (complete -C "'' "(string sub -s (math $directive[2] + 1) -- "$word"))
            set -q names[1]; and printf '%s\n' "$prefix"$names
        case :command
            complete -C (string join ' ' -- (string escape -- $words[(math $directive[2] + 1)..]) "$word")
    end
end
complete -c logto -f -a '(__logto_complete)'
