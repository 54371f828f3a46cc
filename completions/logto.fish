# fish completion for logto, printed by 'logto completion fish'

# The command and the operands before the cursor, in one line: '', 'login', 'profile use'.
function __logto_words
    set -l tokens (commandline -opc)
    set -l words
    set -l skip yes
    for token in $tokens
        if test -n "$skip"
            set skip
        else if contains -- $token $__logto_value_options
            set skip yes
        else if not string match -q -- '-*' $token
            set -a words $token
        end
    end
    string join ' ' -- $words
end

function __logto_at
    set -l words (__logto_words)
    test "$words" = "$argv"
end

function __logto_in
    set -l words (__logto_words)
    string match -q -- "$argv *" "$words "
end

complete -c logto -f

set -g __logto_value_options -p --profile --color --endpoint --app-id --app-secret-file --connector --sso --login-hint --scope --resource --port --store --timeout --claim --resource --organization --scope --min-ttl --format --file --endpoint --issuer --audience --scope --organization --claim --type --jwks --leeway --resource --organization --scope --min-ttl

complete -c logto -s p -l profile -x -a '(command logto completion @profiles 2>/dev/null)' -d 'use this profile (default: LOGTO_PROFILE, or the config file\'s)'
complete -c logto -l json -d 'print one JSON object instead of text'
complete -c logto -s q -l quiet -d 'print nothing on stderr but errors'
complete -c logto -s v -l verbose -d 'show requests; twice: decisions too (never a secret)'
complete -c logto -l color -x -a 'auto always never' -d 'colour: auto, always or never'
complete -c logto -s h -l help -d 'show this help'
complete -c logto -l version -d 'show the version'
complete -c logto -n '__logto_at' -a login -d 'Sign in with the browser and keep the session'
complete -c logto -n '__logto_at' -a logout -d 'Revoke the session at Logto and forget it here'
complete -c logto -n '__logto_at' -a whoami -d 'Show who is signed in'
complete -c logto -n '__logto_at' -a token -d 'Print a valid access token'
complete -c logto -n '__logto_at' -a inspect -d 'Decode a JWT and say whether it is valid'
complete -c logto -n '__logto_at' -a status -d 'Show every profile: who is signed in, where the session is kept, what it covers'
complete -c logto -n '__logto_at' -a profile -d 'List, choose and change profiles'
complete -c logto -n '__logto_at' -a exec -d 'Run a command with an access token in its environment'
complete -c logto -n '__logto_at' -a completion -d 'Print a shell completion script'
complete -c logto -n '__logto_at' -a help -d 'Show what a command does and takes'

complete -c logto -n '__logto_in login' -l endpoint -x -d 'the Logto tenant, e.g. https://TENANT.logto.app'
complete -c logto -n '__logto_in login' -l app-id -x -d 'the Logto application\'s id'
complete -c logto -n '__logto_in login' -l app-secret-file -rF -d 'secret of a Traditional web app (\'-\': stdin; or LOGTO_APP_SECRET)'
complete -c logto -n '__logto_in login' -l connector -x -d 'sign in with google (default), github, …'
complete -c logto -n '__logto_in login' -l sso -x -d 'sign in with this enterprise SSO connector'
complete -c logto -n '__logto_in login' -l no-connector -d 'show Logto\'s whole sign-in page'
complete -c logto -n '__logto_in login' -l sign-up -d 'start at Logto\'s page for creating an account'
complete -c logto -n '__logto_in login' -l login-hint -x -d 'e-mail address or name to fill in'
complete -c logto -n '__logto_in login' -l reauth -d 'sign in anew even if the browser is still signed in'
complete -c logto -n '__logto_in login' -l scope -x -d 'ask for this scope too; may be repeated'
complete -c logto -n '__logto_in login' -l resource -x -d 'ask for this API too; may be repeated'
complete -c logto -n '__logto_in login' -l organizations -d 'ask for organization tokens too'
complete -c logto -n '__logto_in login' -l port -x -d 'listen on this port and no other (default: 3000)'
complete -c logto -n '__logto_in login' -l no-browser -d 'only print the address to open'
complete -c logto -n '__logto_in login' -l store -x -a 'keyring' -d 'where to keep the session: keyring'
complete -c logto -n '__logto_in login' -l timeout -x -d 'how long to wait for you (default: 300)'
complete -c logto -n '__logto_in login' -l insecure-http -d 'allow a plain http endpoint on another machine'

complete -c logto -n '__logto_in logout' -l local -d 'forget the session here without revoking it at Logto'
complete -c logto -n '__logto_in logout' -l all -d 'sign out every profile'
complete -c logto -n '__logto_in logout' -l browser -d 'end the browser\'s session at Logto too'

complete -c logto -n '__logto_in whoami' -l claim -x -d 'print one claim and nothing else'
complete -c logto -n '__logto_in whoami' -l online -d 'ask Logto instead of the stored ID token'

complete -c logto -n '__logto_in token' -l resource -x -d 'a JWT for this API instead of an opaque token'
complete -c logto -n '__logto_in token' -l organization -x -d 'a token for this organization'
complete -c logto -n '__logto_in token' -l scope -x -d 'only this scope of what is granted; may be repeated'
complete -c logto -n '__logto_in token' -l min-ttl -x -d 'it must be good for this long (default: 60)'
complete -c logto -n '__logto_in token' -l refresh -d 'get a new one even if the one at hand is good'
complete -c logto -n '__logto_in token' -l id-token -d 'the ID token instead of an access token'
complete -c logto -n '__logto_in token' -l format -x -a 'token header json env exec-credential' -d 'token, header, json, env or exec-credential'

complete -c logto -n '__logto_in inspect' -l file -rF -d 'read the token from here'
complete -c logto -n '__logto_in inspect' -l endpoint -x -d 'the Logto tenant that must have issued it'
complete -c logto -n '__logto_in inspect' -l issuer -x -d 'the issuer, for any OpenID provider'
complete -c logto -n '__logto_in inspect' -l audience -x -d 'it must be meant for this API or app'
complete -c logto -n '__logto_in inspect' -l scope -x -d 'it must grant this; may be repeated'
complete -c logto -n '__logto_in inspect' -l organization -x -d 'it must be for this organization'
complete -c logto -n '__logto_in inspect' -l claim -x -d 'a claim must have this value; may be repeated'
complete -c logto -n '__logto_in inspect' -l type -x -a 'access id' -d 'it must be an access or an id token'
complete -c logto -n '__logto_in inspect' -l jwks -rF -d 'take the keys from here and nowhere else'
complete -c logto -n '__logto_in inspect' -l offline -d 'use only keys already at hand'
complete -c logto -n '__logto_in inspect' -l leeway -x -d 'accept clocks this far apart (default: 60)'
complete -c logto -n '__logto_in inspect' -l no-verify -d 'decode only; says nothing about validity'
complete -c logto -n '__logto_in inspect' -l batch -d 'a token a line in, a JSON verdict a line out, in order'


complete -c logto -n '__logto_at profile' -a 'list use set unset remove'
complete -c logto -n '__logto_at profile use' -a '(command logto completion @profiles 2>/dev/null)'
complete -c logto -n '__logto_at profile set' -a 'endpoint appId deviceAppId scopes resources organizations connector port store insecureHttp'
complete -c logto -n '__logto_at profile unset' -a 'endpoint appId deviceAppId scopes resources organizations connector port store insecureHttp'
complete -c logto -n '__logto_at profile remove' -a '(command logto completion @profiles 2>/dev/null)'

complete -c logto -n '__logto_in exec' -l resource -x -d 'a JWT for this API instead of an opaque token'
complete -c logto -n '__logto_in exec' -l organization -x -d 'a token for this organization'
complete -c logto -n '__logto_in exec' -l scope -x -d 'only this scope of what is granted; may be repeated'
complete -c logto -n '__logto_in exec' -l min-ttl -x -d 'it must be good for this long (default: 60)'
complete -c logto -n '__logto_in exec' -l refresh -d 'get a new one even if the one at hand is good'
complete -c logto -n '__logto_in exec' -a '(__fish_complete_subcommand --fcs-skip=2 -- $__logto_value_options)'

complete -c logto -n '__logto_at completion' -a 'bash zsh fish'

complete -c logto -n '__logto_at help' -a login -d 'Sign in with the browser and keep the session'
complete -c logto -n '__logto_at help' -a logout -d 'Revoke the session at Logto and forget it here'
complete -c logto -n '__logto_at help' -a whoami -d 'Show who is signed in'
complete -c logto -n '__logto_at help' -a token -d 'Print a valid access token'
complete -c logto -n '__logto_at help' -a inspect -d 'Decode a JWT and say whether it is valid'
complete -c logto -n '__logto_at help' -a status -d 'Show every profile: who is signed in, where the session is kept, what it covers'
complete -c logto -n '__logto_at help' -a profile -d 'List, choose and change profiles'
complete -c logto -n '__logto_at help' -a exec -d 'Run a command with an access token in its environment'
complete -c logto -n '__logto_at help' -a completion -d 'Print a shell completion script'
complete -c logto -n '__logto_at help' -a help -d 'Show what a command does and takes'
