// A bare relay on Node's `ws`: it gives each message to the other socket of the same URL, and knows nothing else.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const server = createServer((_request, response) => response.end('ok'));
const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 64 * 1024 });
const waiting = new Map();

sockets.on('connection', (socket, request) => {
  const peer = waiting.get(request.url);
  if (peer) {
    waiting.delete(request.url);
    socket.peer = peer;
    peer.peer = socket;
  } else {
    waiting.set(request.url, socket);
  }
  socket.on('message', (message) => socket.peer?.send(message, { binary: false }));
});

server.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
