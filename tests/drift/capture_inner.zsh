# Sourced by the interactive zsh of capture.zsh: Tab prints the matches between ^B and ^C instead of showing them.
PROMPT=
unsetopt zle_bracketed_paste 2>/dev/null
stty -echo -onlcr 2>/dev/null
autoload -Uz compinit
compinit -D -u

typeset -ga found
compadd() {
    local -a hits
    # Helpers that only filter arrays go through untouched.
    if [[ ${argv[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    builtin compadd -O hits "$@"
    found+=($hits)
    builtin compadd "$@"
}
print_found() { print -rn -- $'\2'; print -rl -- $found; print -rn -- $'\3'; exit; }
show() { found=(); zle complete-word; }
zle -N show
bindkey '^I' show
comppostfuncs=(print_found)
print ready
