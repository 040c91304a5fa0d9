/** Takes a folder, says so, and holds it until it is killed: `lock-holder.ts FOLDER OPTIONS`. */
import { lockFolder } from "../../../adapters/storage/folder-lock.ts";

const [folder = "", options = "{}"] = process.argv.slice(2);
await lockFolder(folder, JSON.parse(options));
console.log("held");
setInterval(() => {}, 1000);
