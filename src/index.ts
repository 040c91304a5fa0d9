/** The public face of the package: named exports, no logic. */
export type {
  BusHandlers,
  IncomingMessage,
  MessageBus,
  OutgoingMessage,
} from "./events/message-bus.ts";
