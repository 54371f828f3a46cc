# Sourced by an interactive fish: instead of running, logto and Tab write what shells.test.mjs asks for to $ANSWER.
function fish_prompt
end
source $SCRIPTS/logto.fish

function logto
    printf '%s\n' $argv >$ANSWER
    kill $fish_pid
end

function list
    complete -C (commandline) >$ANSWER
    kill $fish_pid
end
test $MODE = list; and bind \t list
