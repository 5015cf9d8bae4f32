#compdef statusd
# Completion of statusd for zsh. Written by `statusd completion zsh`.
_statusd() {
    local -a all
    local name about files=
    while IFS=$'\t' read -r name about; do
        if [[ $name == :files ]]; then
            files=1
        elif [[ -n $name ]]; then
            all+=("${name//:/\\:}:$about")
        fi
    done < <(statusd complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    if [[ -n $files ]]; then
        _files
    else
        _describe -V statusd all
    fi
}
if [[ $funcstack[1] == _statusd ]]; then
    _statusd "$@"
else
    compdef _statusd statusd
fi
