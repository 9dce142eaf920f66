/** Room around the plot in px for the axes; the pointer layer over the chart uses the same. */
export const CHART_INSETS = { left: 44, right: 12, top: 8, bottom: 18 } as const;
