// What Preact takes for granted and a browser of R18 may lack: queueMicrotask came with Chrome 71 and Firefox 69.

self.queueMicrotask ??= (task) => void Promise.resolve().then(task);
