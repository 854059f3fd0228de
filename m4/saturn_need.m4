# SATURN_NEED(PREFIX, MODULE, PACKAGE)
# Looks for a pkg-config module; what is missing is gathered, so that one apt
# line mends all of it.
AC_DEFUN([SATURN_NEED], [
  PKG_CHECK_MODULES([$1], [$2], [], [saturn_missing="$saturn_missing $3"])
])

# SATURN_NEED_HEADER(HEADER, PACKAGE)
AC_DEFUN([SATURN_NEED_HEADER], [
  AC_CHECK_HEADER([$1], [], [saturn_missing="$saturn_missing $2"])
])

# SATURN_NEEDS_MET
AC_DEFUN([SATURN_NEEDS_MET], [
  AS_IF([test -n "$saturn_missing"], [
    AC_MSG_ERROR([missing packages. On Debian 12:
    apt-get install --no-install-recommends$saturn_missing])
  ])
])
