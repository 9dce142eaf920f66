import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

/**
 * Colours and sizes come from theme.css: the provider injects no style element, since the Content-Security-Policy
 * allows none. What is set here are only the components' defaults.
 */
export const theme = createTheme({
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Tooltip: {
      defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 80 }, fz: 12 },
    },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 }, returnFocus: true } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    // Locking the scroll would inject a style element; the page behind does not scroll anyway.
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 100 } } },
    DrawerRoot: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
  },
});

/** The same key as public/theme.js, which applies the choice before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'logstead.theme' });
