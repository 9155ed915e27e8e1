// The look of this page, put on before anything that shows it is drawn: whoever asks what is shown asks here.

import { applyLogo, applyTheme } from '../theme/apply-theme';
import { readTheme } from '../theme/theme';
import { hasParent, onLogo } from './boot';
import { link } from './camera';

export { isShown, theme } from '../theme/apply-theme';

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

// A stranger's link must not dress up as a platform: what nobody signed counts in the platform's own page only, or
// where nothing is signed at all.
applyTheme(readTheme(location.hash, hasParent || (link.token === null && isLocal(location.hostname))));
onLogo(applyLogo);
