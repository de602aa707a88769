/** Now. */

import "../live/live.js";
