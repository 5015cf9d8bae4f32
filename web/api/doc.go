// Package api is the programs' side of the service: JSON in and out, errors as problem documents (RFC 9457).
//
// Reads of the public come from the page's snapshot. Writes go through one door (API.act): it knows who asks, whether that
// role may, reads the body strictly, and runs the act in one transaction together with its audit entry and the answer for
// its idempotency key. Repeating a write with the same key gives the same answer and changes nothing.
//
// The local socket, the operators' listener, and later the operators' pages use the same acts.
package api
