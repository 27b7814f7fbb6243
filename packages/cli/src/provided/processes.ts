/** What plugins get when they import `@prefish/processes`. */
export * from '@prefish/processes';
