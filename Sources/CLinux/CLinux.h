/* Headers of the C library that Swift's Glibc module leaves out. Declarations only: no code. */
#include <sys/xattr.h>
