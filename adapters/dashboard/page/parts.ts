/** Everything of the page that is not seen when it opens. */
export { ChangeDialog } from "./change-dialog.tsx";
export { Decisions } from "./decisions.tsx";
export { EventsPanel } from "./events-panel.tsx";
export { GoalPictures } from "./goal-pictures.tsx";
export { LaboratoryPanel } from "./laboratory-panel.tsx";
export { Learning } from "./learning.tsx";
export { MapDownloads } from "./map-downloads.tsx";
export { ObservationsTable } from "./observations-table.tsx";
export { OperatorDialog } from "./operator-dialog.tsx";
export { ResultDialog } from "./result-dialog.tsx";
export { StructurePictures } from "./structure-pictures.tsx";
export { TodoPanel } from "./todo-panel.tsx";
