# Sourced by an interactive bash: instead of running, logto and Tab write what shells.test.mjs asks for to $ANSWER.
# bash-completion, where it is installed, completes the command behind 'logto exec --'.
PS1=
library=/usr/share/bash-completion/bash_completion
# shellcheck disable=SC1090
[[ -r $library ]] && source "$library"
# shellcheck disable=SC1091
source "$SCRIPTS/logto.bash"

logto()
{
    printf '%s\n' "$@" >"$ANSWER"
    exit
}

list()
{
    _logto "$@"
    printf '%s\n' "${COMPREPLY[@]}" >"$ANSWER"
    exit
}
[[ $MODE == list ]] && complete -F list logto
