/** What plugins get when they import `@prefish/core`: the running one. */
export * from '@prefish/core';
