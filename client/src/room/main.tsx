// The call page. `begin` is imported first on purpose: the call starts before the page is drawn.

import './begin';
import '../style/base.css';
import { render } from 'preact';
import { speak } from '../i18n';
import { Room } from './Room';

void speak();
const root = document.getElementById('room');
if (root) render(<Room />, root);
