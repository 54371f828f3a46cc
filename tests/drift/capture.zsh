# zsh -f capture.zsh FOLDER LINE: what Tab would offer at the end of LINE, one a line. FOLDER holds _logto.
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "fpath=(${(q)1} \$fpath); source ${(q)0:A:h}/capture_inner.zsh"
zpty -r -m inner text '*ready*' || exit 1
zpty -w -n inner "$2"$'\t'
text=''
while zpty -r -t inner part || zpty -r inner part; do
    text+=$part
    [[ $text == *$'\3'* ]] && break
done
zpty -d inner
print -r -- "${${text##*$'\2'}%%$'\3'*}" | tr -d '\r'
