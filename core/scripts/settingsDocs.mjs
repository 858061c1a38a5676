// npm run settings:docs -w core: writes docs/settings.md from the settings' schemas.
import { writeFile } from "node:fs/promises";
import { settingsPage } from "../dist/settings/page.js";

await writeFile(new URL("../../docs/settings.md", import.meta.url), settingsPage());
