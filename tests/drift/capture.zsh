# Sourced by an interactive zsh: instead of running, logto and Tab write what shells.test.mjs asks for to $ANSWER.
PROMPT=
fpath=($SCRIPTS $fpath)
autoload -Uz compinit
compinit -D -u

logto() { print -rl -- "$@" >$ANSWER; exit; }

if [[ $MODE == list ]]; then
    typeset -ga found
    compadd() {
        local -a hits
        # Helpers that only filter arrays go through untouched.
        if [[ ${argv[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
            builtin compadd -O hits "$@"
            found+=($hits)
        fi
        builtin compadd "$@"
    }
    list() { zle complete-word; }
    zle -N list
    bindkey '^I' list
    answer() { print -rl -- $found >$ANSWER; exit; }
    comppostfuncs=(answer)
fi
