# Completion of statusd for bash. Written by `statusd completion bash`.
_statusd() {
    local line=${COMP_LINE:0:COMP_POINT} all c cut word i
    all=$(statusd complete --line "$line" 2>/dev/null)
    # Of a word such as login=deg, readline replaces only what follows the last break.
    word=${line##*[[:space:]]}
    for ((i = ${#word}; i > 0; i--)); do
        [[ $COMP_WORDBREAKS == *"${word:i-1:1}"* ]] && break
    done
    cut=${word:0:i}
    COMPREPLY=()
    while IFS= read -r c; do
        c=${c%%$'\t'*}
        case $c in
        '') ;;
        :files) compopt -o default 2>/dev/null ;;
        *) COMPREPLY+=("$(printf %q "${c#"$cut"}")") ;;
        esac
    done <<<"$all"
}
complete -o nosort -F _statusd statusd 2>/dev/null || complete -F _statusd statusd # nosort came with bash 4.4
