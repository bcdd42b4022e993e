import 'element-plus/theme-chalk/base.css';
import 'maplibre-gl/dist/maplibre-gl.css';
import './style.css';
import { createApp } from 'vue';
import App from './App.vue';
import { retryWhenBack } from './state/retry';
import { followHistory } from './state/store';

followHistory();
retryWhenBack();
createApp(App).mount('#app');
