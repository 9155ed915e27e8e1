// What IndexedDB answers, as promises.

/** Resolves to what *request* found. */
export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when all of *transaction* is written. */
export function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // After an error, too; only then is it known which.
    transaction.onabort = () => reject(transaction.error);
  });
}
