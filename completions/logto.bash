# bash completion for logto: gets candidates from the program (cmd/complete.h) and never evaluates them.
# shellcheck shell=bash

# Sets `text` to $1 without its quoting, and `quote` to the quotation mark that is still open at its end.
__logto_unquote()
{
    local rest=$1 char

    text='' quote=''
    while [[ $rest ]]; do
        char=${rest:0:1} rest=${rest:1}
        case $quote$char${rest:0:1} in
        \\?* | \"\\[\\\"\$\`]) text+=${rest:0:1} rest=${rest:1} ;;
        [\"\']*) if [[ ! $quote ]]; then quote=$char; elif [[ $char == "$quote" ]]; then quote=''; else text+=$char; fi ;;
        *) text+=$char ;;
        esac
    done
}

# Sets `text` to $1 as it must be written behind the open quotation mark `quote`.
__logto_quote()
{
    local i char

    printf -v text %q "$1"
    [[ $quote ]] || return
    text=''
    for ((i = 0; i < ${#1}; i++)); do
        char=${1:i:1}
        case $quote$char in
        \'\') text+="'\\''" ;;
        \"[\\\"\$\`]) text+="\\$char" ;;
        \"!) text+='"\!"' ;;
        *) text+=$char ;;
        esac
    done
    # Readline closes the quotation unless its mark is there already.
    [[ $text != *"$quote" ]] || text+=$quote
}

# Completes the words of the program COMP_WORDS[$1], if bash-completion is loaded.
__logto_delegate()
{
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
    else
        compopt -o default
    fi
}

_logto()
{
    local rest=${COMP_LINE:0:COMP_POINT} raw=() starts=() words=() lines=() i line text quote word prefix

    COMPREPLY=()
    # Bash splits words at COMP_WORDBREAKS, "https://…" at its colon: join them again.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
            raw+=('') starts+=("$i")
            rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        line=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || line=$rest
        raw[-1]+=$line
        rest=${rest#"$line"}
    done
    if [[ ${raw[-1]} == [\<\>]* || ${raw[-1]} == [0-9\&]\>* || ${raw[-2]} == *[\<\>] ]]; then
        compopt -o default
        return
    fi
    for line in "${raw[@]:1}"; do
        __logto_unquote "$line"
        words+=("$text")
    done
    word=$text
    # Readline replaces only $2 and keeps this prefix.
    __logto_unquote "${raw[-1]%"$2"}"
    prefix=$text

    mapfile -t lines < <(command logto completion @complete -- "${words[@]}" 2>/dev/null)
    ((${#lines[@]})) || return
    for line in "${lines[@]::${#lines[@]}-1}"; do
        line=${line%%$'\t'*}
        [[ $line == "$word"* ]] || continue
        __logto_quote "${line#"$prefix"}"
        COMPREPLY+=("$text")
    done
    case ${lines[-1]} in
    :files*) compopt -o default ;;
    :command*) __logto_delegate "${starts[${lines[-1]#* }]}" "$word" ;;
    esac
}
complete -F _logto logto
