# bash --norc capture.bash SCRIPT LINE: what Tab would offer at the end of LINE, one a line.
# bash-completion, where it is installed, completes the command behind 'logto exec --'.
library=/usr/share/bash-completion/bash_completion
# shellcheck disable=SC1090
[[ -r $library ]] && source "$library"
# shellcheck disable=SC1090
source "$1"
compopt() { :; }
# As bash itself does: '=' stands in COMP_WORDBREAKS.
read -ra COMP_WORDS <<<"${2//=/ = }"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
_logto logto "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
