// The lesson's tools talk from page to page, over a data channel of the call's own connection (RFC 8831). Law: it is in the first
// offer of every connection, so that opening a tool costs no round trip.

/** Open the channel of *connection*. Both pages know its number (RFC 8831 §6.4, "external negotiation"), so neither announces it,
 * and the page that answers opens it like the one that offers. A page that knows no tools answers the offer all the same. */
export function openToolChannel(connection: RTCPeerConnection): RTCDataChannel {
  return connection.createDataChannel('tools', { negotiated: true, id: 0 });
}
