# Run by cpack before it makes the .deb: gives the files the names and forms that Debian's policy asks for (12.1,
# 12.5, 12.7), and zsh's completion the folder that Debian's zsh reads.
set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
set(documents ${share}/doc/${CPACK_PACKAGE_NAME})

file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
file(RENAME ${share}/doc/logto ${documents})
file(RENAME ${documents}/LICENSE ${documents}/copyright)
file(RENAME ${documents}/CHANGELOG.md ${documents}/changelog)

# One entry for each release of CHANGELOG.md, whose heading is `## [0.2.0] - 2026-11-25`.
file(STRINGS ${documents}/changelog headings REGEX "^## \\[[0-9]")
foreach(heading IN LISTS headings)
  string(REGEX MATCH "\\[(.*)\\] - (.*)$" found ${heading})
  execute_process(COMMAND date --utc --rfc-email --date=${CMAKE_MATCH_2} OUTPUT_VARIABLE date COMMAND_ERROR_IS_FATAL ANY)
  file(APPEND ${documents}/changelog.Debian "logto-cli (${CMAKE_MATCH_1}-1) unstable; urgency=medium

  * Release ${CMAKE_MATCH_1}; changelog.gz says what has changed.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
endforeach()

file(GLOB pages ${share}/man/man*/*)
execute_process(COMMAND gzip -9n ${pages} ${documents}/changelog ${documents}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
