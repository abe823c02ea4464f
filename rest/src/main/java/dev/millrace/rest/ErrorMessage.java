package dev.millrace.rest;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Body of every failure. */
record ErrorMessage(@JsonProperty("error_code") int errorCode, String message) {}
