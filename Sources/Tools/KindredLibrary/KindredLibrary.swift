// How the shared library is linked is said of this target in the manifest; what it holds is in KindredC, which tests link too.
