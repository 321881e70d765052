/** How the command ends; printed in the help. */

export const exitCodes: {
  readonly done: 0;
  readonly failed: 1;
  readonly wrongUse: 2;
  readonly interrupted: 130;
} = {
  /** Stopped as asked, or printed what was asked for. */
  done: 0,
  /** Could not start, broke down, or found problems. */
  failed: 1,
  /** The command line or the environment makes no sense. */
  wrongUse: 2,
  /** Asked twice to stop: ended at once. */
  interrupted: 130,
};
