package dev.millrace.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.apache.kafka.connect.errors.AlreadyExistsException;
import org.apache.kafka.connect.errors.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures of extensions' resources in the form all failures have (compat: REST §2). Stateless. */
final class ExtensionErrors implements ExceptionMapper<Exception> {

  private static final Logger LOG = LoggerFactory.getLogger(ExtensionErrors.class);

  @Override
  public jakarta.ws.rs.core.Response toResponse(Exception error) {
    int status = status(error);
    if (status >= 500) LOG.error("A resource or filter of a REST extension failed", error);
    return jakarta.ws.rs.core.Response.status(status)
        .type(MediaType.APPLICATION_JSON)
        .entity(Json.write(new ErrorMessage(status, error.getMessage())))
        .build();
  }

  private static int status(Exception error) {
    if (error instanceof HttpException ours) return ours.response().status();
    if (error instanceof NotFoundException) return 404;
    if (error instanceof AlreadyExistsException) return 409;
    if (error instanceof WebApplicationException web) return web.getResponse().getStatus();
    return 500;
  }
}
