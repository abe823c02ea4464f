/** Plugin code in tests whose frames must look like somebody else's. */
package org.example.stalls;
