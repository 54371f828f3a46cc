# What `cmake --install` adds to the program, and the .deb, which scripts/package makes (docs/adr/0020).
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
        FILES_MATCHING PATTERN "*.md" PATTERN adr EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME logto-cli)
set(CPACK_PACKAGE_CONTACT "The logto-cli authors <logto-cli@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "logto signs a user in through a Logto tenant (OpenID Connect), by default with
Google, keeps the session in the desktop's keyring or in an encrypted file, and
prints valid access tokens for scripts and other programs.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
# Of what is linked. What library_open() opens is named by hand: as Debian 12 names it, then as Debian 13 does
# (which has the old names too, but not on all architectures), with the versions of CMakeLists.txt.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
string(JOIN ", " CPACK_DEBIAN_PACKAGE_DEPENDS
       "libssl3 (>= 3.0) | libssl3t64"
       "libnettle8 (>= 3.6) | libnettle8t64"
       "libcurl4 (>= 7.85) | libcurl4t64"
       "libmicrohttpd12 (>= 0.9.75) | libmicrohttpd12t64"
       "libsecret-1-0 (>= 0.20)"
       "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
    "libqrencode4 (>= 4), gnome-keyring | kwallet6 | libkf5wallet-bin | keepassxc, xdg-utils")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS bash-completion)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/DebianFiles.cmake)
include(CPack)
