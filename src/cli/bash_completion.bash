# Asks COMPLETER for what may follow. Bash splits words at `:`, which stands within fleet's own, such as `web:local/`: what was split
# is put together before it is asked about, and what stands before the last `:` is cut off from what comes back, because bash
# replaces only what follows it.
_fleet_complete() {
    local line=$COMP_LINE words=() index=0 word part blank i
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        word=${COMP_WORDS[i]}
        blank=${line%%[![:space:]]*}
        line=${line#"$blank"}
        line=${line#"$word"}
        part=$word
        # Of the word under the cursor only what stands before it.
        [[ $i -eq $COMP_CWORD && $word != : && ${BASH_VERSINFO[0]} -ge 4 ]] && part=$2
        if ((i > 1)) && [[ -z $blank && ($word == :* || ${COMP_WORDS[i - 1]} == *:) ]]; then
            words[${#words[@]} - 1]+=$part
        else
            words+=("$part")
        fi
        ((i == COMP_CWORD)) && index=$((${#words[@]} - 1))
    done
    local current=${words[index]} cut='' space=true
    case $COMP_WORDBREAKS in
        *:*) [[ $current == *:* ]] && cut=${current%"${current##*:}"} ;;
    esac
    compopt +o nospace 2>/dev/null && space=false
    local IFS=$'\013'
    COMPREPLY=($(
        _CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$index" _CLAP_COMPLETE_COMP_TYPE="$COMP_TYPE" _CLAP_COMPLETE_SPACE="$space" \
            VAR=bash COMPLETER -- "${words[@]}"
    ))
    if [[ $? != 0 ]]; then
        unset COMPREPLY
        return
    fi
    if [[ $space == false && ${COMPREPLY-} =~ [=/:]$ ]]; then
        compopt -o nospace
    fi
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
        COMPREPLY[i]=${COMPREPLY[i]#"$cut"}
    done
}
if [[ ${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 4 || ${BASH_VERSINFO[0]} -gt 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _fleet_complete BIN
else
    complete -o nospace -o bashdefault -F _fleet_complete BIN
fi
