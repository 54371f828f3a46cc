# The .deb. What the linker doesn't see (libraries opened at run time) is named here by hand.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME logto-cli)
set(CPACK_PACKAGE_CONTACT "The logto-cli authors <logto-cli@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libssl3, libnettle8, libcurl4, libsecret-1-0, libmicrohttpd12, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libqrencode4, gnome-keyring | kwalletmanager | keepassxc, xdg-utils")
set(CPACK_STRIP_FILES ON)
include(CPack)
