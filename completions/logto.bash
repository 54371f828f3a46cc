# bash completion for logto, printed by 'logto completion bash'
# shellcheck shell=bash

__logto_commands='login logout whoami token inspect status profile exec completion help'

# Whether option $2 of command $1 takes a value; `words` is then what there is to choose from.
__logto_value()
{
    words=''
    case "$1 $2" in
    *' --profile' | *' -p') words='@profile' ;;
    *' --color') words='auto always never' ;;
    'login --endpoint') ;;
    'login --app-id') ;;
    'login --app-secret-file') words='@file' ;;
    'login --connector') ;;
    'login --sso') ;;
    'login --login-hint') ;;
    'login --scope') ;;
    'login --resource') ;;
    'login --port') ;;
    'login --store') words='keyring' ;;
    'login --timeout') ;;
    'whoami --claim') ;;
    'token --resource') ;;
    'token --organization') ;;
    'token --scope') ;;
    'token --min-ttl') ;;
    'token --format') words='token header json env exec-credential' ;;
    'inspect --file') words='@file' ;;
    'inspect --endpoint') ;;
    'inspect --issuer') ;;
    'inspect --audience') ;;
    'inspect --scope') ;;
    'inspect --organization') ;;
    'inspect --claim') ;;
    'inspect --type') words='access id' ;;
    'inspect --jwks') words='@file' ;;
    'inspect --leeway') ;;
    'exec --resource') ;;
    'exec --organization') ;;
    'exec --scope') ;;
    'exec --min-ttl') ;;
    *) return 1 ;;
    esac
}

# The options of command $1, in `words`.
__logto_options()
{
    words=' -p --profile --json -q --quiet -v --verbose --color -h --help --version'
    case $1 in
    login) words+=' --endpoint --app-id --app-secret-file --connector --sso --no-connector --sign-up --login-hint --reauth --scope --resource --organizations --port --no-browser --store --timeout --insecure-http' ;;
    logout) words+=' --local --all --browser' ;;
    whoami) words+=' --claim --online' ;;
    token) words+=' --resource --organization --scope --min-ttl --refresh --id-token --format' ;;
    inspect) words+=' --file --endpoint --issuer --audience --scope --organization --claim --type --jwks --offline --leeway --no-verify --batch' ;;
    exec) words+=' --resource --organization --scope --min-ttl --refresh' ;;
    esac
}

# What may follow the operand $2 (none: '') of command $1, in `words`.
__logto_operand()
{
    words=''
    case "$1 $2" in
    ' ') words=@command ;;
    'profile ') words='list use set unset remove' ;;
    'profile use') words='@profile' ;;
    'profile set') words='endpoint appId deviceAppId scopes resources organizations connector port store insecureHttp' ;;
    'profile unset') words='endpoint appId deviceAppId scopes resources organizations connector port store insecureHttp' ;;
    'profile remove') words='@profile' ;;
    'completion ') words='bash zsh fish' ;;
    'help ') words='@command' ;;
    esac
}

# Fills COMPREPLY with what `words` allows: words, or @file, @profile, @command.
__logto_reply()
{
    local words=$1 word=$2

    case $words in
    @file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    @profile) words=$(command logto completion @profiles 2>/dev/null) ;;
    @command) words=$__logto_commands ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

# Another program's words: those of its own completion where there is one.
__logto_delegate()
{
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$2")
    else
        __logto_reply @file "$2"
    fi
}

_logto()
{
    local word=${COMP_WORDS[COMP_CWORD]} command='' operand='' option words i

    COMPREPLY=()
    # Bash takes --color=auto apart into three words.
    [[ $word == = ]] && word=''
    for ((i = 1; i < COMP_CWORD; i++)); do
        option=${COMP_WORDS[i]}
        if [[ $option == -- ]]; then
            [[ $command == exec ]] && __logto_delegate $((i + 1)) "$word"
            return
        elif [[ $option == -* ]]; then
            __logto_value "$command" "$option" || continue
            [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
            ((i++))
        elif [[ ! $command ]]; then
            command=$option
        else
            operand=$option
        fi
    done
    if ((i > COMP_CWORD)); then
        __logto_reply "$words" "$word"
    elif [[ $word == -* ]]; then
        __logto_options "$command"
        __logto_reply "$words" "$word"
    else
        __logto_operand "$command" "$operand"
        __logto_reply "$words" "$word"
    fi
}
complete -F _logto logto
