export function show() {
  const button = document.createElement('button');
  button.type = 'button';
  button.id = 'pressed';
  button.textContent = 'Usable';
  document.body.append(button);
}
