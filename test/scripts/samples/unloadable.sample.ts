// Cannot be loaded, as a file is whose import is missing; test/scripts/steps.test.ts reads what is reported.
throw new Error("this file cannot be loaded");
