package dev.millrace.rest;

import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;

/** Who asks, before an extension has found out: nobody known. Immutable. */
record ExtensionSecurity(String scheme) implements SecurityContext {

  @Override
  public Principal getUserPrincipal() {
    return null; // the contract of the interface
  }

  @Override
  public boolean isUserInRole(String role) {
    return false;
  }

  @Override
  public boolean isSecure() {
    return scheme.equalsIgnoreCase("https");
  }

  @Override
  public String getAuthenticationScheme() {
    return null; // the contract of the interface
  }
}
