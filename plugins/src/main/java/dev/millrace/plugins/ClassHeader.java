package dev.millrace.plugins;

import java.util.List;

/**
 * What a class file says about the class's place among others; its code is not looked at. Names are
 * internal, with slashes. Immutable; read by {@link ClassHeaderReader}.
 *
 * @param parents the superclass and the interfaces
 * @param concrete neither abstract nor an interface
 */
record ClassHeader(String name, List<String> parents, boolean concrete) {}
