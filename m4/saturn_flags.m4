# SATURN_WARNINGS
# Adds to WARNING_CFLAGS every warning of ours that the compiler knows.
AC_DEFUN([SATURN_WARNINGS], [
  for flag in -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
              -Wmissing-prototypes -Wvla -Wformat=2; do
    SATURN_TRY_CFLAGS([$flag], [WARNING_CFLAGS="$WARNING_CFLAGS $flag"], [])
  done
  AC_SUBST([WARNING_CFLAGS])
])

# SATURN_TRY_CFLAGS(FLAGS, IF-TAKEN, IF-NOT)
AC_DEFUN([SATURN_TRY_CFLAGS], [
  saturn_saved=$CFLAGS
  CFLAGS="$CFLAGS -Werror $1"
  AC_MSG_CHECKING([whether $CC takes $1])
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM],
    [CFLAGS=$saturn_saved; AC_MSG_RESULT([yes]); $2],
    [CFLAGS=$saturn_saved; AC_MSG_RESULT([no]); $3])
])
